package extract

import (
	"bytes"
	"strings"

	"figment/scanner/source"
)

// A word of a command, its quotes taken off. offs has the fragment's offset of
// each byte of text. A "$" in text stands for what only the shell knows.
type word struct {
	text string
	offs []int
	end  int // fragment offset after the word, quotes included
	raw  string
}

func (w *word) span(start, end int) source.Span {
	if start >= end || end > len(w.offs) {
		return source.Span{}
	}
	return source.Span{Start: w.offs[start], End: w.offs[end-1] + 1}
}

// plainWord makes a word of text that stands unquoted at offset at.
func plainWord(text string, at int) word {
	offs := make([]int, len(text))
	for i := range offs {
		offs[i] = at + i
	}
	return word{text: text, offs: offs, end: at + len(text)}
}

// sub is the part of w from i on.
func (w *word) sub(i, j int) word { return word{text: w.text[i:j], offs: w.offs[i:j], end: w.end} }

// An arg is a flag with its value, or a plain word.
type arg struct {
	flag  string // "--save-dev"; empty for a plain word
	value *word  // of a flag that takes one
	word  word
	low   bool // it may be the value of a flag that is not known
}

// args splits words into flags and plain words. values are the flags that take
// a value, separated by blanks.
func args(words []word, values string) []arg {
	takes := func(flag string) bool {
		return strings.Contains(" "+values+" ", " "+flag+" ")
	}
	var out []arg
	literal, unknown := false, false
	for i := 0; i < len(words); i++ {
		w := words[i]
		t := w.text
		switch {
		case literal || len(t) < 2 || t[0] != '-':
			out = append(out, arg{word: w, low: unknown})
			unknown = false
		case t == "--":
			literal = true
			out = append(out, arg{flag: "--"})
		case strings.Contains(t, "="):
			at := strings.IndexByte(t, '=')
			v := w.sub(at+1, len(t))
			out = append(out, arg{flag: t[:at], value: &v})
			unknown = false
		case takes(t):
			a := arg{flag: t}
			if i+1 < len(words) {
				i++
				a.value = &words[i]
			}
			out = append(out, a)
			unknown = false
		case t[1] != '-' && len(t) > 2 && takes(t[:2]):
			v := w.sub(2, len(t)) // -rfile
			out = append(out, arg{flag: t[:2], value: &v})
			unknown = false
		case t[1] != '-' && len(t) > 2 && takes("-"+t[len(t)-1:]) && !takes(t) && combined(t):
			a := arg{flag: "-" + t[len(t)-1:]} // -dG group
			if i+1 < len(words) {
				i++
				a.value = &words[i]
			}
			out = append(out, arg{flag: t[:len(t)-1]}, a)
		default:
			out = append(out, arg{flag: t})
			unknown = strings.HasPrefix(t, "--") && !strings.Contains(knownSwitches, " "+t+" ")
		}
	}
	return out
}

func combined(t string) bool {
	for _, c := range t[1:] {
		if c < 'A' || c > 'z' {
			return false
		}
	}
	return true
}

// knownSwitches are long flags without a value, common enough that the word
// after them is beyond doubt.
const knownSwitches = " --upgrade --user --quiet --verbose --pre --no-deps --no-cache-dir --force-reinstall --save --save-dev --save-exact " +
	"--save-optional --save-peer --no-save --global --legacy-peer-deps --force --dev --yes --no-cache --system --break-system-packages " +
	"--ignore-scripts --exact --optional --peer --workspace-root --ignore-workspace-root-check --production --no-audit --no-fund --locked " +
	"--all --isolated --editable --no-build-isolation --compile --silent --prefer-offline --offline --tilde --caret --latest --refresh " +
	"--disable-pip-version-check --no-input --require-hashes --no-package-lock --no-progress --bin --no-default-features --reinstall --tool --unmanaged "

// installers are the words that begin every command worth parsing.
var installers = [][]byte{
	[]byte("pip"), []byte("npm"), []byte("npx"), []byte("pnpm"), []byte("pnpx"), []byte("yarn"), []byte("bun"), []byte("deno"), []byte("jsr"),
	[]byte("uv"), []byte("poetry"), []byte("pdm"), []byte("rye"), []byte("easy_install"), []byte("conda"), []byte("mamba"), []byte("pixi"),
	[]byte("go "), []byte("cargo"), []byte("gem "), []byte("bundle"), []byte("composer"), []byte("dotnet"), []byte("dnx"), []byte("nuget"),
	[]byte("Install-Package"), []byte("dart"), []byte("flutter"), []byte("mix "), []byte("corepack"), []byte("ni "), []byte("nlx "),
}

// doers are words of which one must follow an installer.
var doers = [][]byte{
	[]byte("install"), []byte("add"), []byte(" i "), []byte("get"), []byte("run"), []byte("create"), []byte("init"), []byte("exec"), []byte("dlx"),
	[]byte("npx"), []byte("pnpx"), []byte("uvx"), []byte("bunx"), []byte("dnx"), []byte("nlx"), []byte("inject"), []byte(" x "), []byte("require"), []byte("package"),
	[]byte("download"), []byte("wheel"), []byte(" in "), []byte(" ins"), []byte("isntall"), []byte("tool"), []byte("update"), []byte("prepare"), []byte(" use "), []byte("ni "), []byte("activate"), []byte(" i\t"), []byte(" i\n"), []byte(" x\n"),
}

// MayInstall reports by one pass over the bytes whether text may hold a command
// that installs or runs a package.
func MayInstall(text []byte) bool {
	found := false
	for _, w := range installers {
		if at := bytes.Index(text, w); at >= 0 {
			found = true
			break
		}
	}
	if !found {
		return false
	}
	for _, w := range doers {
		if bytes.Contains(text, w) {
			return true
		}
	}
	return bytes.HasSuffix(text, []byte(" i")) || bytes.HasSuffix(text, []byte(" x"))
}
