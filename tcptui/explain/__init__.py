"""What happened, in words: the sentence of every rule, numbers and times as a person reads them."""
