package extract

// maxRounds is how often a text is read for names that are made of one another.
const maxRounds = 6

// maxAliases bounds the names for require in one text.
const maxAliases = 1000

// maxReceiver is how far the end of type arguments, and a callee in brackets,
// is sought.
const maxReceiver = 200

// maxUses bounds how many calls wait for their constants.
const maxUses = 1000

// maxGiven bounds how many calls wait for their arguments.
const maxGiven = 1000

// manyGiven is told where there are more, or where they are too long.
const manyGiven = "too many calls run what is put together elsewhere: some were not read"

// maxConstant is the length up to which parts are joined: no specifier is
// longer.
const maxConstant = 1 << 10

// maxParens is how many brackets may stand around a constant or a callee.
const maxParens = 100

// maxParameters is how much of the parameters of a function is looked at.
const maxParameters = 500

// maxArgument is how much of an argument is read, maxOperands how many brackets
// and conditions stand around one another in it.
const (
	maxArgument = 2000
	maxOperands = 40
)

// fewImports is what the lists of scanners begin with: most files have no more,
// and references are large to move.
const fewImports = 16

// maxBindings bounds how many places that give a value to one name are looked
// at, maxOccurrences how many places where it stands.
const (
	maxBindings    = 64
	maxOccurrences = 2000
)

// maxAlternatives bounds how many values of one name are followed.
const maxAlternatives = 64

// RunTimeModule is what is told of a module that no literal names.
const RunTimeModule = "the name of a module that is loaded here is made at run time and was not read: write the name out, or check it by hand"
