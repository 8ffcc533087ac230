package shell

import (
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/text"
)

// preloads are the programs that load modules before their script, with the
// options for it.
var preloads = map[string]string{
	"node": nodePreloads, "nodejs": nodePreloads, "ts-node": nodePreloads, "ts-node-dev": nodePreloads, "tsx": nodePreloads, "nodemon": nodePreloads,
	"mocha": nodePreloads, "nyc": nodePreloads, "c8": nodePreloads, "electron": nodePreloads, "bun": "-r --preload --require --import",
}

const nodePreloads = "-r --require --import --loader --experimental-loader"

// preload reads the modules that node is told to load: -r x, --import=x.
func (c *Reader) preload(name string, ws []Word) {
	options := preloads[name]
	for i := 0; i < len(ws); i++ {
		t := ws[i].Text
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
func (c *Reader) nodeOptions(value Word) { c.preload("node", fields(value)) }

// module reads a word as the specifier of a module.
func (c *Reader) module(w Word) {
	if w.hole != "" || strings.Contains(w.Text, "$") {
		return // most often a path
	}
	if strings.HasPrefix(w.Text, "./") || strings.HasPrefix(w.Text, "../") || strings.HasPrefix(w.Text, "/") {
		c.runFile(w, text.JavaScript)
	}
	extract.Specifiers(w.Text, func(p extract.Specifier) {
		r := extract.Reference{Ecosystem: p.Ecosystem, Name: p.Name, Constraint: p.Constraint, Kind: extract.Import, Flags: c.flags, Span: w.span(p.Start, p.End)}
		if whole := w.Text[p.Start:p.End]; whole != p.Name {
			r.Module = whole
		}
		if r.Span.Start < r.Span.End && !ecosystem.Markup(p.Name) {
			c.emit(r)
		}
	})
}
