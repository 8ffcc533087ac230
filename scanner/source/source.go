package source

import "context"

// A Source is where files come from. There are four: a list of paths (walked
// where they are directories), what git says was changed, standard input, and,
// in tests, memory.
type Source interface {
	// Files calls yield for each file to be read, from several goroutines at
	// once and in no particular order, until all were read or ctx ends. Files
	// that could not be read are problems. The error is for what makes the
	// whole run pointless: a named path that does not exist (*PathError).
	Files(ctx context.Context, yield func(*File)) ([]Problem, error)

	// Read gives the bytes of a file again, or of one that Files passed over
	// but that the project's own files refer to: path is slash-separated and
	// relative to the root. Reading out of the root is refused. Errors wrap
	// fs.ErrNotExist where there is no such file.
	Read(path string) ([]byte, error)

	// Exists reports whether a file or directory is at path.
	Exists(path string) bool

	// List gives every path below the root that was seen, directories with a
	// final slash, sorted: also of files that nothing reads. It is complete
	// once Files has returned.
	List() []string
}

// A Follower is a source that can read a file which another one names, such as
// a list of requirements that another includes. All sources of this package but
// standard input are one.
type Follower interface {
	// Follow gives the file at to, which the file at from names; as is the name
	// that decides how it is read. Files has returned. It gives nil where Files
	// handed the file out already, to be read in the same way. The error says
	// why it may not be read, in words that follow its path.
	Follow(from, to, as string) (*File, error)
}
