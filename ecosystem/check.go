package ecosystem

// State says what a name alone tells, before anybody is asked.
type State uint8

// The states of a Check. Unchecked is the zero value.
const (
	Unchecked State = iota
	Valid           // may exist
	Invalid         // cannot exist under today's or older rules
	Stdlib          // named like a module of the standard library
	Reserved        // refused at registration
)

// A Check is the answer of CheckName. Standard, reserved and legacy names are
// still asked: old packages have such names.
type Check struct {
	State     State
	Canonical string // normalised spelling
	Reason    string // charset, length, reserved-word, look-alike, shape; empty when valid
	Text      string // one clause for people, "contains the non-ASCII letter U+0430"
	Legacy    bool   // could not be registered today but may exist
}

// CheckName decides without I/O whether name can exist in e.
func CheckName(e Ecosystem, name string) Check {
	if r := find(e); r != nil && r.Check != nil {
		c := r.Check(name)
		c.Canonical = Normalize(e, name)
		return c
	}
	if name == "" {
		return Check{State: Invalid, Reason: "shape", Text: "is empty"}
	}
	return Check{State: Valid, Canonical: Normalize(e, name)}
}
