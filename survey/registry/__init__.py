"""文书室: papers drafted by form, approved, issued in parts, delivered; print file, archive, labels."""
