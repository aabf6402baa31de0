"""Files of the user's, read and checked: images, npz files and tables."""
