package code

// Limits of what the readers of a language follow.
const (
	MaxRounds       = 6       // readings of a text whose names are made of one another
	MaxAliases      = 1000    // names of one text for functions that load and run
	MaxUses         = 1000    // calls that wait for the constant they are given
	MaxGiven        = 1000    // calls that wait for their arguments
	MaxReceiver     = 200     // bytes of a callee in brackets
	MaxArgument     = 2000    // bytes of an argument
	maxOperand      = 1 << 15 // bytes of what stands before a method
	MaxOperands     = 40      // brackets and conditions around one another in it
	MaxConstant     = 1024    // bytes up to which the parts of a constant are joined: no name of a module is longer
	MaxParens       = 100     // brackets around a constant or a callee
	MaxParameters   = 500     // bytes of the parameters of a function
	MaxAlternatives = 64      // values of one name

	maxBindings    = 64   // places that give a value to one name
	maxOccurrences = 2000 // places where it stands
)

// FewImports is what the lists of scanners begin with: most files have no more,
// and references are large to move.
const FewImports = 16

// ManyGiven is told of a text where MaxGiven calls or more wait for their
// arguments, or where these are too long.
const ManyGiven = "too many calls run what is put together elsewhere: some were not read"

// CutValues is told of a command, or of code, of which the text says more than
// Cut lets through.
const CutValues = "more commands are put together here than figment follows: some were not read"

// RunTimeModule is what is told of a module that no literal names.
const RunTimeModule = "the name of a module that is loaded here is made at run time and was not read: write the name out, or check it by hand"
