"""Which hyper-parameters to take, from measurements: `mlpcli lr`."""
