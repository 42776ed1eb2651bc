"""What a PDF says about itself: its title, and the date on which it was adopted."""
