"""What comes of the guides, and who reads them on to others."""
