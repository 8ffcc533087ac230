package text

import (
	"bytes"
)

// maxInnerComment is how long a comment between the words of a clause may be:
// the search for its end is not to run to the end of the file each time.
const maxInnerComment = 4 << 10

// CommentEnds reports whether a comment ends within the length that comments
// between the words of a clause may have.
func CommentEnds(s []byte) bool {
	return bytes.Contains(s[:min(len(s), maxInnerComment)], []byte("*/"))
}

// SkipComments passes over white space and comments.
func SkipComments(s []byte, i int) int {
	for {
		i = White(s, i)
		switch {
		case i+1 < len(s) && s[i] == '/' && s[i+1] == '/':
			i = LineEnd(s, i)
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
