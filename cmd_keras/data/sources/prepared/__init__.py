"""What is known of the prepared sets of tensorflow-datasets before one of them is read."""
