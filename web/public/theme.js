// Before anything is painted: the theme that the reader chose, where it is not the system's.
const theme = localStorage.getItem('pixlog.theme');
if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
