package container

import (
	"bytes"
	"figment/scanner/text"
	"path"
	"strconv"
	"strings"
)

// splitDiff gives, for each file of a patch, the text as it is after it: the
// lines that are added and those around them. Lines that are taken away, and
// headers, are left out. Patches written by people and models are read
// leniently: hunks may be counted wrong, and blanks before unchanged lines may
// be missing.
func splitDiff(s *Splitter, f *text.Fragment) {
	t := f.Text
	name := f.Name
	var b text.Builder
	files := 0
	flush := func() {
		if b.Len() == 0 {
			return
		}
		files++
		src, m := b.Done()
		b = text.Builder{}
		c := f.Derive(src, m, text.Undecided)
		c.Cut = f.Cut
		if c.Label = f.Label; c.Label == "" {
			c.Label = "patch" // no file of the project, and mostly a part of one
		}
		if read, lang := s.recognize.File(name); name != "" && read != ByContent {
			if read == Unread {
				return
			}
			c.Name, c.Lang = name, lang
		} else if c.Name, c.Lang = s.recognize.Content(src); c.Lang == text.Undecided || c.Lang == text.Diff {
			c.Lang = text.Text
		}
		s.Split(c)
	}
	inHunk := false
	for i := 0; i < len(t); {
		end, next := text.LineBounds(t, i)
		line := t[i:end]
		switch {
		case !inHunk && isDiffHeader(line), bytes.HasPrefix(line, []byte("diff --git ")):
			inHunk = false
		case bytes.HasPrefix(line, []byte("--- ")) && followed(t, next, "+++ "):
			flush()
			end, after := text.LineBounds(t, next)
			name = diffPath(string(t[next+len("+++ ") : end]))
			next = after
			inHunk = false
		case bytes.HasPrefix(line, []byte("@@")):
			if _, lang := s.recognize.File(name); lang == text.JSON || lang == text.TOML {
				flush() // it may begin inside another value than the one before ended in
				if at := insideList(t, i, end, next); at > 0 {
					b.Verbatim(t[at:next], at)
				}
			}
			inHunk = true
		case bytes.HasPrefix(line, []byte("-")), bytes.HasPrefix(line, []byte(`\ No newline`)):
		case len(line) > 0 && (line[0] == '+' || line[0] == ' '):
			b.Verbatim(t[i+1:next], i+1)
		default:
			b.Verbatim(t[i:next], i)
		}
		if next == i {
			break
		}
		i = next
	}
	flush()
}

// insideList gives the offset of what git says behind @@, the last line above the
// hunk that begins with a letter, where that opens the list of which the hunk's
// first line is an element; 0: nowhere.
func insideList(t []byte, start, end, next int) int {
	_, heading, _ := bytes.Cut(t[start+2:end], []byte("@@ "))
	first, _, _ := bytes.Cut(t[next:min(len(t), next+500)], []byte("\n"))
	first = bytes.TrimLeft(first, "+- \t")
	if !bytes.HasSuffix(bytes.TrimSpace(heading), []byte("= [")) || len(first) == 0 || first[0] != '"' && first[0] != '\'' {
		return 0
	}
	return end - len(heading)
}

// followed reports whether the line at i begins with prefix.
func followed(t []byte, i int, prefix string) bool {
	return bytes.HasPrefix(t[i:], []byte(prefix))
}

// isDiffHeader knows the lines that git writes above the first hunk of a file.
func isDiffHeader(line []byte) bool {
	for _, p := range []string{"diff ", "index ", "new file mode ", "deleted file mode ", "old mode ", "new mode ", "similarity index ", "rename ", "copy ", "Binary files "} {
		if bytes.HasPrefix(line, []byte(p)) {
			return true
		}
	}
	return false
}

// diffPath reads the path after +++: git puts b/ in front, quotes odd names and
// may put a tab and a date behind. It is empty for a file that is taken away.
func diffPath(s string) string {
	s, _, _ = strings.Cut(s, "\t")
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, `"`) {
		if u, err := strconv.Unquote(s); err == nil {
			s = u
		}
	}
	if s == "/dev/null" {
		return ""
	}
	return path.Clean(strings.TrimPrefix(s, "b/"))
}

// looksPatch: a header of git, or one of diff with a hunk after it.
func looksPatch(src []byte) bool {
	old := 0 // 1: "--- " was the line before; 2: "+++ " followed it
	found := false
	text.EachLine(src, func(line []byte) bool {
		switch {
		case bytes.HasPrefix(line, []byte("diff --git ")):
			found = true
		case bytes.HasPrefix(line, []byte("--- ")):
			old = 1
			return true
		case old == 1 && bytes.HasPrefix(line, []byte("+++ ")):
			old = 2
			return true
		case old == 2 && bytes.HasPrefix(line, []byte("@@ ")):
			found = true
		}
		old = 0
		return !found
	})
	return found
}
