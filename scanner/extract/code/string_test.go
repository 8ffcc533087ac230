package code

import "testing"

func TestStringEnd(t *testing.T) {
	for text, want := range map[string]struct {
		end    int
		closed bool
	}{
		`"ab" c`:        {4, true},
		`'a"b'`:         {5, true},
		`"a\"b"`:        {6, true},
		"\"a\\\r\nb\"c": {7, true},
		"'a\\\nb'":      {6, true},
		"'a\nb'":        {2, false},
		"'a\rb'":        {2, false},
		`"ab`:           {3, false},
		`"ab\`:          {4, false},
		"\"a\\\rb\"":    {6, true},
		"'":             {1, false},
		`''`:            {2, true},
	} {
		if end, closed := StringEnd([]byte(text), 0); end != want.end || closed != want.closed {
			t.Errorf("%q: ends at %d, closed %v", text, end, closed)
		}
	}
}
