package ecosystem

func checkNPM(name string) Check { return Check{State: Valid} }
