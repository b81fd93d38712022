"""A package of its own, so that its browser is closed before other tests go on."""
