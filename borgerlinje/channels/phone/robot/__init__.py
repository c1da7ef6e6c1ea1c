"""A small SIP/RTP phone in asyncio: for the self-test, the demo and the tests."""
