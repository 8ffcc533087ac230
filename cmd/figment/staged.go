package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"figment/app"
	"figment/scanner/extract"
	"figment/scanner/policy"
	"figment/scanner/source"
)

// stagedDeadline is how long somebody who commits waits at most, unless they
// said otherwise: names that were not asked about by then are unverified.
const stagedDeadline = 5 * time.Second

// asksGit reports whether a call reads what git says was changed. Its arguments
// are then names of files, which say nothing of where the configuration is.
func asksGit(cmd *cobra.Command) bool {
	return cmd.Flags().Changed("staged") || cmd.Flags().Changed("diff")
}

// startOf is the path from which the configuration is looked for.
func startOf(cmd *cobra.Command, args []string) string {
	if asksGit(cmd) {
		return ""
	}
	return first(args)
}

// input opens what a call reads: what git says was changed, or what the
// arguments name. done closes it.
func (s *session) input(ctx context.Context, args []string) (src source.Source, done func(), err error) {
	changes, err := s.changes(ctx, args)
	if err != nil {
		return nil, nil, err
	}
	if changes == nil {
		src, err = s.source(args)
		return src, func() {}, err
	}
	return changes, func() { changes.Close() }, nil // it was only read from
}

// changes asks git; nil where the call does not want that.
func (s *session) changes(ctx context.Context, args []string) (*source.Changes, error) {
	staged, between := s.values.On("staged"), s.values.Text("diff")
	switch {
	case !staged && between == "":
		if s.values.On("all-names") {
			return nil, app.Usage("--all-names goes with --staged or --diff", "without them all names are judged anyway")
		}
		return nil, nil
	case staged && between != "":
		return nil, app.Usage("--staged and --diff are two different changes", "give one of them")
	case s.deep():
		return nil, app.Usage("--deep reads the files on disk, not what git says was changed", "run it without --staged and --diff")
	}
	for _, name := range []string{"stdin-filename", "lang"} {
		if s.values.Text(name) != "" {
			return nil, app.Usage("--"+name+" is for standard input, which --staged and --diff do not read", "")
		}
	}
	s.git, s.began = true, time.Now()
	ctx, cancel := s.deadline(ctx)
	defer cancel()
	o := source.ChangeOptions{Options: s.sourceOptions(), Includes: includesOf, Range: between, Files: args, Whole: s.values.On("all-names")}
	// pre-commit says so where it runs for a push: nothing is staged there.
	from, to := s.Env("PRE_COMMIT_FROM_REF"), s.Env("PRE_COMMIT_TO_REF")
	if !staged || from == "" || to == "" {
		changes, err := source.Changed(ctx, o)
		return changes, gitError(err)
	}
	o.Range = from + "..." + to
	changes, err := source.Changed(ctx, o)
	var e *source.GitError
	if errors.As(err, &e) && e.Trouble == source.GitNoBase {
		o.Range = from + ".." + to // as pre-commit does
		changes, err = source.Changed(ctx, o)
	}
	return changes, gitError(err)
}

// includesOf is how the source of changes learns what lists of requirements
// include: reading them is the extractors' business.
func includesOf(f *source.File) []source.Include {
	var out []source.Include
	for _, in := range extract.FileIncludes(f) {
		out = append(out, source.Include{Path: in.Path, Constraint: in.Constraint})
	}
	return out
}

// gitError gives an error its exit status: what the call named and is not there
// is wrong usage, a repository that cannot be asked is a failure.
func gitError(err error) error {
	var e *source.GitError
	var p *source.PathError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &p):
		return app.Usage(p.Path+": "+app.Cause(p.Err), "name files of the repository, or none")
	case !errors.As(err, &e):
		return app.Failure(err.Error(), "")
	case e.Trouble == source.GitNoRepository, e.Trouble == source.GitNoRevision, e.Trouble == source.GitNoBase:
		return app.Usage(e.Text, e.Hint)
	}
	return app.Failure(e.Text, e.Hint)
}

// sourceOptions are the options of reading files.
func (s *session) sourceOptions() source.Options {
	return source.Options{
		Dir:         s.cli.Dir,
		Exclude:     s.excludes(),
		NoGitignore: s.values.On("no-gitignore"),
		NoSource:    s.values.On("no-source"),
		MaxFileSize: s.values.Size("max-file-size"),
		MatchPath:   policy.MatchPath,
	}
}

// limit is how long the run may take.
func (s *session) limit() time.Duration {
	d := s.values.Duration("deadline")
	if from := s.values.Origin("deadline"); s.git && (d == 0 || s.values.On("staged") && from == "default") {
		return stagedDeadline // a list has no deadline of its own: git alone is waited for
	}
	return d
}
