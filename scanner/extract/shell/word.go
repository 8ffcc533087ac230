package shell

import (
	"bytes"

	"figment/scanner/text"
)

// A word of a command, its quotes taken off. offs has the fragment's offset of
// each byte of text. A "$" in text stands for what only the shell knows.
type Word struct {
	Text string
	offs []int
	ends []int // where each byte ends, if not one byte behind its offset: what stands there is decoded
	end  int   // fragment offset after the word, quotes included
	raw  string
	hole string // its first part that only the shell knows, as written
	file bool   // it names a file whose content is meant
	also bool   // what else the word before it may be: the shell gives one of them at a time
}

func (w *Word) span(start, end int) text.Span {
	if start >= end || end > len(w.offs) {
		return text.Span{}
	}
	return text.Span{Start: w.offs[start], End: w.endAt(end - 1)}
}

func (w *Word) endAt(i int) int {
	if w.ends != nil {
		return w.ends[i]
	}
	return w.offs[i] + 1
}

// plainWord makes a word of text that stands unquoted at offset at.
func PlainWord(text string, at int) Word {
	offs := make([]int, len(text))
	for i := range offs {
		offs[i] = at + i
	}
	return Word{Text: text, offs: offs, end: at + len(text)}
}

// sub is the part of w from i on.
func (w *Word) sub(i, j int) Word {
	x := Word{Text: w.Text[i:j], offs: w.offs[i:j], end: w.end, hole: w.hole}
	if w.ends != nil {
		x.ends = w.ends[i:j]
	}
	return x
}

// installers are the words that begin every command worth parsing.
var installers = [][]byte{
	[]byte("pip"), []byte("npm"), []byte("npx"), []byte("pnpm"), []byte("pnpx"), []byte("yarn"), []byte("bun"), []byte("deno"), []byte("jsr"),
	[]byte("uv"), []byte("poetry"), []byte("pdm"), []byte("rye"), []byte("easy_install"), []byte("conda"), []byte("mamba"), []byte("pixi"),
	[]byte("go "), []byte("cargo"), []byte("gem "), []byte("bundle"), []byte("composer"), []byte("dotnet"), []byte("dnx"), []byte("nuget"),
	[]byte("Install-Package"), []byte("dart"), []byte("flutter"), []byte("mix "), []byte("corepack"), []byte("ni "), []byte("nlx "),
}

// doers are words of which one must follow an installer.
var doers = [][]byte{
	[]byte("install"), []byte("add"), []byte(" i "), []byte("get"), []byte("run"), []byte("create"), []byte("init"), []byte("exe"), []byte("dlx"),
	[]byte("npx"), []byte("pnpx"), []byte("uvx"), []byte("bunx"), []byte("dnx"), []byte("nlx"), []byte("inject"), []byte(" x "), []byte("require"), []byte("package"),
	[]byte("download"), []byte("sync"), []byte("compile"), []byte("wheel"), []byte(" in "), []byte(" ins"), []byte("isn"), []byte("inni"), []byte(" ini"), []byte("link"), []byte(" ln "), []byte(" it "), []byte(" up "), []byte(" u "), []byte("upgrade"), []byte("udpate"), []byte("tool"), []byte("update"), []byte("prepare"), []byte(" use "), []byte("ni "), []byte("activate"), []byte(" i\t"), []byte(" i\n"), []byte(" x\n"),
}

// MayInstall reports by one pass over the bytes whether text may hold a command
// that installs or runs a package.
func MayInstall(text []byte) bool {
	if !mayName(text) {
		return false
	}
	for _, w := range doers {
		if bytes.Contains(text, w) {
			return true
		}
	}
	return bytes.HasSuffix(text, []byte(" i")) || bytes.HasSuffix(text, []byte(" x"))
}

// installerStarts are the pairs of bytes that an installer begins with: bit
// second of the word of first.
var installerStarts = func() (starts [256][4]uint64) {
	for _, w := range installers {
		starts[w[0]][w[1]>>6] |= 1 << (w[1] & 63)
	}
	return starts
}()

// mayName reports whether one of the installers stands in text.
func mayName(text []byte) bool {
	for i := 0; i+1 < len(text); i++ {
		if second := text[i+1]; installerStarts[text[i]][second>>6]&(1<<(second&63)) == 0 {
			continue
		}
		for _, w := range installers {
			if bytes.HasPrefix(text[i:], w) {
				return true
			}
		}
	}
	return false
}
