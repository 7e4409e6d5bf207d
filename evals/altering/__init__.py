"""How words of a claim are put in the place of others, a module for each kind of alteration."""
