"""What is heard: texts spoken, music, uploaded recordings, all at one level."""
