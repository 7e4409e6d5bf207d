"""Instructions planted in documents: what tells them, and what they achieve."""
