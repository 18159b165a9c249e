"""What is given away and taken in: bundles without keys, and which host a key may go to."""
