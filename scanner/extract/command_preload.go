package extract

import (
	"strings"

	"figment/ecosystem"
)

// preloads are the programs that load modules before their script, with the
// options for it.
var preloads = map[string]string{
	"node": nodePreloads, "nodejs": nodePreloads, "ts-node": nodePreloads, "ts-node-dev": nodePreloads, "tsx": nodePreloads, "nodemon": nodePreloads,
	"mocha": nodePreloads, "nyc": nodePreloads, "c8": nodePreloads, "electron": nodePreloads, "bun": "-r --preload --require --import",
}

const nodePreloads = "-r --require --import --loader --experimental-loader"

// preload reads the modules that node is told to load: -r x, --import=x.
func (c *commandReader) preload(name string, ws []word) {
	options := preloads[name]
	for i := 0; i < len(ws); i++ {
		t := ws[i].text
		flag, _, joined := strings.Cut(t, "=")
		switch {
		case listed(options, t) && i+1 < len(ws):
			i++
			c.module(ws[i])
		case joined && strings.HasPrefix(t, "--") && listed(options, flag):
			c.module(ws[i].sub(len(flag)+1, len(t)))
		case !strings.HasPrefix(t, "-") && (name == "node" || name == "nodejs"):
			return // the script, and its arguments
		}
	}
}

// nodeOptions reads NODE_OPTIONS, which holds options of node.
func (c *commandReader) nodeOptions(value word) { c.preload("node", fields(value)) }

// module reads a word as the specifier of a module.
func (c *commandReader) module(w word) {
	if w.hole != "" || strings.Contains(w.text, "$") {
		return // most often a path
	}
	Specifiers(w.text, func(p Specifier) {
		r := Reference{Ecosystem: p.Ecosystem, Name: p.Name, Constraint: p.Constraint, Kind: Import, Flags: c.flags, Span: w.span(p.Start, p.End)}
		if whole := w.text[p.Start:p.End]; whole != p.Name {
			r.Module = whole
		}
		if r.Span.Start < r.Span.End && !ecosystem.Markup(p.Name) {
			c.emit(r)
		}
	})
}
