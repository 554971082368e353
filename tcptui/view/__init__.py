"""Pure functions from the lab to lines of styled text. No widget is known here."""
