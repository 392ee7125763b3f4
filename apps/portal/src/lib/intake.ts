/** Values that a word for a status can be given, and the message key of each. */
export const statusKey = (value: string): string => `intake.status.${value.replace(':', '_')}`;

export const runTone = (status: string): 'good' | 'warn' | 'bad' | 'info' =>
	status === 'applied'
		? 'good'
		: status === 'failed'
			? 'bad'
			: status === 'checked' || status === 'mapping'
				? 'warn'
				: 'info';
