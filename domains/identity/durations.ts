export const sessionDays = 30;
/** How long after sign-in a session may change what guards the account. */
export const freshMinutes = 30;
/** How long a passed second factor counts in a session: a working day. */
export const secondFactorHours = 12;
