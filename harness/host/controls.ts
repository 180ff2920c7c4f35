/** Directory of the series' controls on a host that has them. */
export const CONTROLS = "/sys/kernel/mm/page_prezero";

/**
 * The switch of the verifier, as a word of the shell: it is in debugfs, on kernels with the older form of the series
 * among the controls. A command that uses it fails where there is neither.
 */
export const VERIFY = "$(ls /sys/kernel/*/page_prezero/verify)";
