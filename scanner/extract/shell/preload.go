package shell

import (
	"strings"
)

// Preload reads the modules that a program is told to load: -r x, --import=x.
func (c *Reader) Preload(name string, ws []Word) {
	l := c.g.loader(name)
	if l == nil {
		return
	}
	for i := 0; i < len(ws); i++ {
		t := ws[i].Text
		flag, _, joined := strings.Cut(t, "=")
		switch {
		case listed(l.Options, t) && i+1 < len(ws):
			i++
			l.Load(c, ws[i])
		case joined && strings.HasPrefix(t, "--") && listed(l.Options, flag):
			l.Load(c, ws[i].Sub(len(flag)+1, len(t)))
		case !strings.HasPrefix(t, "-") && HasWord(l.Script, name):
			return // the script, and its arguments
		}
	}
}
