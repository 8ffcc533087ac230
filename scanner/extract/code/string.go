package code

// StringEnd gives the offset after the string of one line whose quote stands at i,
// over escapes and the line ends that they take away. One that is not closed ends
// with its line.
func StringEnd(s []byte, i int) (end int, closed bool) {
	for k := i + 1; k < len(s); k++ {
		switch s[k] {
		case '\\':
			if k+2 < len(s) && s[k+1] == '\r' && s[k+2] == '\n' {
				k++
			}
			k++
		case s[i]:
			return k + 1, true
		case '\n', '\r':
			return k, false
		}
	}
	return len(s), false
}
