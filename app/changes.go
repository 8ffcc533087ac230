package app

import (
	"context"
	"errors"
	"time"

	"figment/scanner/git"
	"figment/scanner/policy"
	"figment/scanner/source"
)

// stagedDeadline is how long somebody who commits waits at most, unless they
// said otherwise: names that were not asked about by then are unverified.
const stagedDeadline = 5 * time.Second

// changes asks git; nil where the call does not want that.
func (s *Session) changes(ctx context.Context) (*source.Changes, error) {
	staged, between := s.Values.On("staged"), s.Values.Text("diff")
	switch {
	case !staged && between == "":
		if s.Values.On("all-names") {
			return nil, Usage("--all-names goes with --staged or --diff", "without them all names are judged anyway")
		}
		return nil, nil
	case staged && between != "":
		return nil, Usage("--staged and --diff are two different changes", "give one of them")
	case s.deep():
		return nil, Usage("--deep reads the files on disk, not what git says was changed", "run it without --staged and --diff")
	}
	for _, name := range []string{"stdin-filename", "lang"} {
		if s.Values.Text(name) != "" {
			return nil, Usage("--"+name+" is for standard input, which --staged and --diff do not read", "")
		}
	}
	s.git, s.began = true, time.Now()
	ctx, cancel := s.Deadline(ctx)
	defer cancel()
	o := source.ChangeOptions{Options: s.sourceOptions(), Includes: s.includesOf, Range: between, Files: s.request.Paths, Whole: s.Values.On("all-names")}
	// pre-commit says so where it runs for a push: nothing is staged there.
	from, to := s.Env("PRE_COMMIT_FROM_REF"), s.Env("PRE_COMMIT_TO_REF")
	if !staged || from == "" || to == "" {
		changes, err := source.Changed(ctx, o)
		return changes, gitError(err)
	}
	o.Range = from + "..." + to
	changes, err := source.Changed(ctx, o)
	var e *git.Error
	if errors.As(err, &e) && e.Trouble == git.NoBase {
		o.Range = from + ".." + to // as pre-commit does
		changes, err = source.Changed(ctx, o)
	}
	return changes, gitError(err)
}

// includesOf is how the source of changes learns what lists of requirements
// include: reading them is the extractors' business.
func (s *Session) includesOf(f *source.File) []source.Include {
	var out []source.Include
	for _, in := range s.formats.Includes(f) {
		out = append(out, source.Include{Path: in.Path, Constraint: in.Constraint, Command: in.Command, Written: in.Written, Values: in.Values, Lang: in.Lang})
	}
	return out
}

// gitError gives an error its exit status: what the call named and is not there
// is wrong usage, a repository that cannot be asked is a failure.
func gitError(err error) error {
	var e *git.Error
	var p *source.PathError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &p):
		return Usage(p.Path+": "+Cause(p.Err), "name files of the repository, or none")
	case !errors.As(err, &e):
		return Failure(err.Error(), "")
	case e.Trouble == git.NoRepository, e.Trouble == git.NoRevision, e.Trouble == git.NoBase:
		return Usage(e.Text, e.Hint)
	}
	return Failure(e.Text, e.Hint)
}

// sourceOptions are the options of reading files.
func (s *Session) sourceOptions() source.Options {
	return source.Options{
		Recognition: s.formats.Recognition(),
		Dir:         s.Dir,
		Exclude:     s.excludes(),
		NoGitignore: s.Values.On("no-gitignore"),
		NoSource:    s.Values.On("no-source"),
		MaxFileSize: s.Values.Size("max-file-size"),
		MatchPath:   policy.MatchPath,
		Above:       above(s.adapters),
	}
}

// limit is how long the run may take.
func (s *Session) limit() time.Duration {
	d := s.Values.Duration("deadline")
	if from := s.Values.Origin("deadline"); s.git && (d == 0 || s.Values.On("staged") && from == "default") {
		return stagedDeadline // a list has no deadline of its own: git alone is waited for
	}
	return d
}

// Deadline bounds the run.
func (s *Session) Deadline(ctx context.Context) (context.Context, context.CancelFunc) {
	if s.began.IsZero() {
		s.began = time.Now()
	}
	return context.WithDeadline(ctx, s.began.Add(s.limit()))
}
