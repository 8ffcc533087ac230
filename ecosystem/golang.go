package ecosystem

func checkGo(name string) Check { return Check{State: Valid} }
