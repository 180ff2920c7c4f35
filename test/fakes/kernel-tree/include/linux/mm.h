struct page {
	unsigned long flags;
};

void free_page(struct page *page);
