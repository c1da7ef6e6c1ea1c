"""Several telephone servers and the ways between them and the world: trunks, peers, the proxy in front."""
