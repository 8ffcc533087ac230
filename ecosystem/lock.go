package ecosystem

// Tidy are the commands that follow a change of a manifest where no lock file
// lies beside it.
func (e Ecosystem) Tidy() []string {
	if r := find(e); r != nil && r.Tidied != "" {
		return []string{r.Tidied}
	}
	return nil
}
