export interface AlarmItem {
	id: string;
}

export async function readAlarms(
	_locals: App.Locals,
	_limit: number,
	_deviceId?: string,
): Promise<AlarmItem[]> {
	return [];
}
