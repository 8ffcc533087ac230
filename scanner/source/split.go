package source

// Split takes a file apart: the file itself as a fragment, or, where it is a
// container, the texts inside it. Problems are returned, never fatal.
func Split(f *File, emit func(*Fragment)) []Problem {
	text, m := Decode(f.Data)
	emit(&Fragment{Path: f.Path, Name: f.Path, Lang: f.Lang, Text: text, Map: m})
	return nil
}
