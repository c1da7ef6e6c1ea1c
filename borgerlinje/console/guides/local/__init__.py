"""What a member says otherwise."""
