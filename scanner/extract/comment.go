package extract

import (
	"bytes"
	"figment/scanner/text"
)

// maxInnerComment is how long a comment between the words of a clause may be:
// the search for its end is not to run to the end of the file each time.
const maxInnerComment = 4 << 10

// closesWithin reports whether a comment ends within that length.
func closesWithin(s []byte) bool {
	return bytes.Contains(s[:min(len(s), maxInnerComment)], []byte("*/"))
}

// jsSkip passes over white space and comments.
func jsSkip(s []byte, i int) int {
	for {
		i = text.White(s, i)
		switch {
		case i+1 < len(s) && s[i] == '/' && s[i+1] == '/':
			i = text.LineEnd(s, i)
		case i+1 < len(s) && s[i] == '/' && s[i+1] == '*':
			end := bytes.Index(s[i+2:min(len(s), i+2+maxInnerComment)], []byte("*/"))
			if end < 0 {
				return len(s)
			}
			i += end + 4
		default:
			return i
		}
	}
}
