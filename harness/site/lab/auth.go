package lab

// refusalPage is the page of the service's refusal: as services of this kind do, it says what happened, and gateways
// that pass it on need no page of their own.
const refusalPage = "<!doctype html>\n<title>403 Forbidden</title>\n<h1>Access denied</h1>\n<p>You are not " +
	"allowed to see this page.</p>\n"
