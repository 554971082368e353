"""The screens of the app: a run, the picker, dialogs, and the notice that the terminal is too small."""
