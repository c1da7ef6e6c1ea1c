// The SIP stack of the employee's screen and of "Ring fra browseren", as one file of our own origin.
import JsSIP from "jssip";

window.JsSIP = JsSIP;
