"""The guide book as it is worked on: drafts, approval, local texts, solutions and what comes of it all."""
