package source

// recognition is what the tests recognise files by: the rows of all ecosystems, which
// this package cannot import.
var recognition *Recognition

// SetRecognition is for TestMain.
func SetRecognition(r *Recognition) { recognition = r }

// cacheTag begins a file CACHEDIR.TAG.
const cacheTag = "Signature: 8a477f597d28d172789f06886806bc55"
