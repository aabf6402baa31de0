"""What a folder of images is made of: its parts, its classes, its image files."""
