package python

import (
	"bytes"

	"figment/scanner/extract"
	"figment/scanner/text"
)

type block struct {
	indent int
	flags  extract.Flags // of the references inside
	first  int           // index of the first reference inside: for try, which learns its flags from its handlers
	try    bool
}

// maxBlocks bounds the stack of blocks that give flags to what they hold.
const maxBlocks = 200

func isTryTail(s []byte, i int) bool {
	return text.Has(s, i, "except") || text.Has(s, i, "else") || text.Has(s, i, "finally")
}

func (p *scanner) push(b block) {
	if len(p.blocks) < maxBlocks {
		p.blocks = append(p.blocks, b)
	}
}

func (p *scanner) flags() extract.Flags {
	if n := len(p.blocks); n > 0 {
		return p.blocks[n-1].flags
	}
	return 0
}

// except makes the body of its try, and its own, optional if it catches the
// failure of an import.
func (p *scanner) except(i, indent int) {
	n := len(p.blocks)
	if n == 0 || !p.blocks[n-1].try || p.blocks[n-1].indent != indent {
		return
	}
	b := &p.blocks[n-1]
	line := p.s[i:text.LineEnd(p.s, i)]
	if at := bytes.IndexByte(line, ':'); at >= 0 {
		line = line[:at]
	}
	if len(bytes.TrimSpace(line)) != 0 && !catchesImportError(line) {
		return
	}
	for k := b.first; k < len(p.refs); k++ {
		p.refs[k].flags |= extract.Optional
	}
	b.flags |= extract.Optional
}

// endTry ends what a handler made optional: else and finally always run.
func (p *scanner) endTry(indent int) {
	if n := len(p.blocks); n > 0 && p.blocks[n-1].try && p.blocks[n-1].indent == indent {
		b := &p.blocks[n-1]
		b.flags, b.first = 0, len(p.refs)
		if n > 1 {
			b.flags = p.blocks[n-2].flags
		}
	}
}

func catchesImportError(line []byte) bool {
	for _, name := range []string{"ImportError", "ModuleNotFoundError", "Exception"} {
		if wordFrom(line, name, 0) >= 0 {
			return true
		}
	}
	return false
}

// wordFrom gives the offset from i on where a whole word stands; -1: nowhere.
func wordFrom(s []byte, word string, i int) int {
	for i < len(s) {
		k := bytes.Index(s[i:], []byte(word))
		if k < 0 {
			break
		}
		i += k
		if (i == 0 || !text.IsLetter(s[i-1])) && text.Has(s, i, word) {
			return i
		}
		i += len(word)
	}
	return -1
}
