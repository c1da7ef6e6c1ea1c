"""The page on which a line's telephone menu is made, heard, tried and published."""
