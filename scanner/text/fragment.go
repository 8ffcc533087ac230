// Package text is text with positions: spans, fragments in one language, maps
// from the bytes of a fragment back to those of the file it came from, lines and
// columns, character encodings, and JSON, TOML and the steps of a scanner over
// them. It reads no file and does not know what a package is.
//
// Specifications: RFC 8259 and JSONC for JSON, TOML 1.0, and for UTF-16 columns
// the Language Server Protocol 3.17.
package text

// A Span is a range of bytes, half open. In a Fragment's own text or in the
// original file, as the field says that holds it.
type Span struct{ Start, End int }

// Len is the number of bytes the span covers.
func (s Span) Len() int { return s.End - s.Start }

// Lang is the language of a text. Empty means undecided.
type Lang string

// The languages that something reads. JSX says that markup is allowed in the
// text; TypeScript files ending in .ts must not allow it.
const (
	Undecided  Lang = ""
	Python     Lang = "python"
	IPython    Lang = "ipython" // Python with % and ! lines
	JavaScript Lang = "javascript"
	JSX        Lang = "jsx"
	TypeScript Lang = "typescript"
	TSX        Lang = "tsx"
	Go         Lang = "go"
	Shell      Lang = "shell"
	Console    Lang = "console" // shell lines with prompts, output between them
	PowerShell Lang = "powershell"
	Cmd        Lang = "cmd"
	Markdown   Lang = "markdown"
	Prose      Lang = "prose" // what stands between the fences of Markdown
	JSON       Lang = "json"
	TOML       Lang = "toml"
	YAML       Lang = "yaml"
	XML        Lang = "xml"
	Dockerfile Lang = "dockerfile"
	Makefile   Lang = "makefile"
	HTML       Lang = "html"  // pages, and components of Vue, Svelte and Astro
	Other      Lang = "other" // of a language that nothing reads: commands may stand in it
	Diff       Lang = "diff"  // a patch: what it adds, and the lines around
	Text       Lang = "text"  // looked at, and nothing more is known
)

// A Fragment is text in one language.
type Fragment struct {
	Path  string // of the file it came from
	Name  string // the base name, or folder and base name, that decides the format: of the file, of a fence's title, of a heredoc's target; empty: none
	Lang  Lang
	Text  []byte // UTF-8 without BOM
	Map   Map    // offsets of Text → offsets of the original file
	Cut   bool   // the text was cut off: unclosed fence, interrupted answer
	Depth int    // containers above this one, at most MaxDepth
	Label string // "fence 1", for messages; empty for a whole file
}

// MaxDepth is how deep containers nest; what is deeper is dropped with a
// Problem.
const MaxDepth = 4

// Child cuts the piece span out of f, unchanged, as a fragment of its own.
func (f *Fragment) Child(span Span, lang Lang) *Fragment {
	return &Fragment{
		Path: f.Path, Lang: lang, Text: f.Text[span.Start:span.End],
		Map: f.Map.Slice(span), Cut: f.Cut && span.End == len(f.Text), Depth: f.Depth + 1, Label: f.Label,
	}
}

// Derive makes a fragment whose text was put together from pieces of f: m maps
// its offsets to offsets of f.Text.
func (f *Fragment) Derive(text []byte, m Map, lang Lang) *Fragment {
	return &Fragment{
		Path: f.Path, Lang: lang, Text: text,
		Map: m.Then(f.Map), Depth: f.Depth + 1, Label: f.Label,
	}
}
