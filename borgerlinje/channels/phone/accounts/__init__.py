"""What employees telephone with: accounts in the browser, desk telephones, ordinary numbers."""
