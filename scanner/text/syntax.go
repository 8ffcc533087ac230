package text

// A SyntaxError says where a text stops being well formed. Span counts in the
// text of the fragment.
type SyntaxError struct {
	Span Span
	Text string // "invalid JSON: unexpected end", no place, no capital
	// Lost says that references after the place may have been missed.
	Lost bool
	// Why is the reason for the row of what was not read; empty: broken, where
	// references were lost.
	Why string
}

func (e *SyntaxError) Error() string { return e.Text }
