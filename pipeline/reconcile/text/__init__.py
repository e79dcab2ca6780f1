"""What running text says, prepared for comparison with forms, other passages and other reports."""
