package javascript

import (
	"bytes"

	"figment/scanner/extract/code"
	"figment/scanner/text"
)

// A tell says how sure it is that a call loads modules.
type tell uint8

const (
	tellNever tell = iota // it may be anything
	tellPlain             // it is of require, unless the text has one of its own
	tellSure
)

// trust is how sure a call of require is that stands here.
func (j *scanner) trust() tell {
	if o := j.around(); o.own || o.ownArrow {
		return tellNever
	}
	return tellPlain
}

// longLine is how long a line is that a program wrote: what such a line loads
// by a name was written out in its sources.
const longLine = 300

// runTime notes the first place where something is loaded that no literal names.
func (j *scanner) runTime(at int, tell tell) {
	if tell == tellNever || tell == tellSure && j.told > 0 || tell == tellPlain && j.toldPlain > 0 {
		return
	}
	from, to := max(0, at-longLine), min(len(j.s), at+longLine)
	start, end := bytes.LastIndexByte(j.s[from:at], '\n'), bytes.IndexByte(j.s[at:to], '\n')
	if start < 0 && from > 0 || end < 0 && to < len(j.s) || at+end-(from+start) > longLine && start >= 0 && end >= 0 {
		return
	}
	if tell == tellPlain {
		j.toldPlain = at + 1
	} else {
		j.told = at + 1
	}
}

// tellRunTime tells of it. Programs load files of their own this way, and no
// name stands here that a registry would be asked about: the report is complete.
func (j *scanner) tellRunTime() {
	at := j.told
	if j.toldPlain > 0 && !j.known.own && (at == 0 || j.toldPlain < at) {
		at = j.toldPlain
	}
	if at > 0 {
		j.e.Once(text.Span{Start: at - 1, End: at}, code.RunTimeModule, false)
	}
}
