package shell

import (
	"strings"

	"figment/scanner/extract"
)

// An Arg is a flag with its value, or a plain word.
type Arg struct {
	Flag  string // "--save-dev"; empty for a plain word
	Value *Word  // of a flag that takes one
	Word  Word
}

// takes reports whether a flag takes the next word as its value.
func (cmd *Command) takes(flag string) bool {
	if listed(cmd.Values, flag) {
		return true
	}
	if cmd.Switches == "" || !strings.HasPrefix(flag, "--") || len(flag) < 4 {
		return false
	}
	return !strings.HasPrefix(flag, "--no-") && !strings.Contains(" "+cmd.Switches, " "+flag) && strings.Contains(" "+cmd.Values, " "+flag)
}

func listed(list, word string) bool {
	for word != "" {
		i := strings.Index(list, word)
		if i < 0 {
			return false
		}
		end := i + len(word)
		if (i == 0 || list[i-1] == ' ') && (end == len(list) || list[end] == ' ') {
			return true
		}
		list = list[end:]
	}
	return false
}

// Args splits the words of a command into flags and plain words. A flag that
// nobody knows is a switch.
func Args(words []Word, cmd *Command) []Arg { return argsBefore(words, cmd, false) }

// Leading gives the flags up to the first plain word, and that: what follows
// belongs to the program that the word names.
func Leading(words []Word, cmd *Command) []Arg { return argsBefore(words, cmd, true) }

func argsBefore(words []Word, cmd *Command, first bool) []Arg {
	var out []Arg
	literal := false
	for i := 0; i < len(words); i++ {
		w := words[i]
		t := w.Text
		next := func(flag string) {
			a := Arg{Flag: flag}
			if i+1 < len(words) {
				i++
				a.Value = &words[i]
			}
			out = append(out, a)
		}
		switch {
		case literal || len(t) < 2 || t[0] != '-':
			out = append(out, Arg{Word: w})
			if first {
				return out
			}
		case t == "--":
			literal = true
			out = append(out, Arg{Flag: "--"})
			if cmd.Ends {
				return out
			}
		case strings.Contains(t, "="):
			at := strings.IndexByte(t, '=')
			v := w.Sub(at+1, len(t))
			out = append(out, Arg{Flag: t[:at], Value: &v})
		case cmd.takes(t), cmd.Words != "" && t[1] == '-' && i+1 < len(words) && (listed(cmd.Words, words[i+1].Text) || listed(cmd.Words, t+"="+words[i+1].Text)):
			next(t)
		case t[1] == '-' || len(t) == 2 || cmd.OneDash || cmd.Letters != "" && strings.Trim(t[1:], cmd.Letters) != "":
			out = append(out, Arg{Flag: t})
		default: // -dG group, -rfile
			k := 1
			for k < len(t) && extract.IsAlnum(t[k]) && !listed(cmd.Values, "-"+t[k:k+1]) {
				out = append(out, Arg{Flag: "-" + t[k:k+1]})
				k++
			}
			switch {
			case k == len(t)-1 && extract.IsAlnum(t[k]):
				next("-" + t[k:])
			case k < len(t) && extract.IsAlnum(t[k]):
				v := w.Sub(k+1, len(t))
				out = append(out, Arg{Flag: "-" + t[k:k+1], Value: &v})
			}
		}
	}
	return out
}
